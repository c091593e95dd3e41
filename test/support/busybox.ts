import {readFile} from 'node:fs/promises'
import process from 'node:process'
import {type BuiltImage, buildImage} from './images.ts'
import {pathOf} from './peers.ts'

/** An image that runs on this machine and says `hello`, of Debian's busybox-static. */
export async function buildBusybox(): Promise<BuiltImage> {
  const busybox = await readFile(pathOf('busybox') ?? '')
  return buildImage({
    layers: [
      {'bin/busybox': busybox, 'bin/sh': busybox, 'bin/cat': busybox},
      {'bin/hello': '#!/bin/sh\necho hello\n'},
    ],
    platforms: [{os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64'}],
  })
}
