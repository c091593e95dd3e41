import type {RegistryTool} from './registry-tool.ts'

/** skopeo, which asks no policy whom to trust. */
export const skopeo = ['skopeo', '--insecure-policy'] as const
const plain = '--tls-verify=false'
const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false']

export const skopeoTool: RegistryTool = {
  login: (home, host, password) =>
    home.feed(password, ...skopeo, 'login', plain, '--username', 'AWS', '--password-stdin', host),
  pushing: (layout, image) => [...skopeo, 'copy', ...exactly, `oci:${layout}`, `docker://${image}`],
  pull: (home, image, layout) =>
    home.run(...skopeo, 'copy', ...exactly, `docker://${image}`, `oci:${layout}`),
  copy: (home, from, to) => home.run(...skopeo, 'copy', ...exactly, `docker://${from}`, `docker://${to}`),
  digest: (home, image) =>
    home.run(...skopeo, 'inspect', plain, '--format', '{{.Digest}}', '--no-tags', `docker://${image}`),
  listing: repository => [...skopeo, 'list-tags', plain, `docker://${repository}`],
  // It resolves a tag and deletes the digest, with all of its tags.
  deleteDigest: (home, image) => home.run(...skopeo, 'delete', plain, `docker://${image}`),
}
