import {goTool} from '../support/go-tools.ts'
import type {RegistryTool} from './registry-tool.ts'
import {go} from './versions.ts'

/** Path of crane; empty where it is not to be had. */
export const crane = (await goTool(go.crane)) ?? ''

export const craneTool: RegistryTool = {
  login: (home, host, password) =>
    home.feed(password, crane, 'auth', 'login', '--username', 'AWS', '--password-stdin', host),
  pushing: (layout, image) => [crane, 'push', folderOf(layout), image],
  pull: (home, image, layout) => home.run(crane, 'pull', '--format=oci', image, folderOf(layout)),
  copy: (home, from, to) => home.run(crane, 'copy', from, to),
  digest: (home, image) => home.run(crane, 'digest', image),
  listing: repository => [crane, 'ls', repository],
  deleteDigest: (home, image) => home.run(crane, 'delete', image),
}

function folderOf(layout: string): string {
  return layout.replace(/:.*/, '')
}
