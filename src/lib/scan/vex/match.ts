/** Which images and packages the components of a VEX document are. What cannot be told is no match. */
import type {Digest} from '../../oci/digest.ts'
import type {FoundPackage} from '../finding.ts'
import type {VexComponent} from './model.ts'
import {type Purl, parsePurl} from './purl.ts'

/** One platform of an image, as documents may name it. */
export interface ImageProduct {
  readonly host: string
  readonly repository: string
  /** The tag that was asked for; null when it was a digest. */
  readonly tag: string | null
  /** Of the index, and of the platform's own manifest. */
  readonly digests: readonly Digest[]
  readonly platform: string | null
}

/**
 * Whether a component is that image: by a digest, in its hashes or in a package URL of type `oci`, whose other parts then
 * only hint (purl-spec, types: oci); or by name and `repository_url` of one without a digest, and its tag if it has one.
 */
export function meansImage({purls, sha256}: VexComponent, image: ImageProduct): boolean {
  if (sha256 !== null && image.digests.some(digest => digest === `sha256:${sha256}`)) return true
  return purls.some(text => {
    const purl = parsePurl(text)
    if (purl?.type !== 'oci' || !fitsPlatform(purl, image.platform)) return false
    if (purl.version !== null) return image.digests.some(digest => digest === purl.version)
    const tag = purl.qualifiers.get('tag')
    const where = purl.qualifiers.get('repository_url')?.replace(/^https:\/\//, '')
    const isNamed = purl.name.toLowerCase() === image.repository.split('/').at(-1)
    return (
      isNamed && where === `${image.host}/${image.repository}` && (tag === undefined || tag === image.tag)
    )
  })
}

/**
 * Whether a component is that package.
 *
 * @param versions whether a package URL without a version means any, or nothing.
 */
export function meansPackage(
  {purls}: VexComponent,
  found: FoundPackage,
  platform: string | null,
  versions: 'any version' | 'this version',
): boolean {
  return purls.some(text => {
    const purl = parsePurl(text)
    if (purl === undefined || !fitsPlatform(purl, platform)) return false
    const kind = kinds.find(({types}) => types.includes(purl.type))
    if (kind === undefined || !kind.managers.includes(found.manager)) return false
    if (kind.comparable(nameOf(purl)) !== kind.comparable(found.name)) return false
    return purl.version === null
      ? versions === 'any version'
      : found.version !== null && comparableVersion(versionOf(purl)) === comparableVersion(found.version)
  })
}

const distributions: ReadonlySet<string> = new Set(['deb', 'rpm', 'apk', 'alpm'])

/**
 * Types of package URLs and the package managers of Inspector that they are (Inspector API reference, VulnerablePackage);
 * basic scans name none, and look at packages of the operating system alone.
 */
const kinds: readonly {
  readonly types: readonly string[]
  readonly managers: readonly (string | null)[]
  readonly comparable: (name: string) => string
}[] = [
  {types: [...distributions], managers: ['OS', null], comparable: sameName},
  {types: ['npm'], managers: ['NPM', 'YARN', 'NODEPKG'], comparable: sameName},
  {
    types: ['pypi'],
    managers: ['PIP', 'PIPENV', 'POETRY', 'PYTHONPKG', 'PYTHON'],
    comparable: name => name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
  },
  // That Inspector writes group and artifact with a colon is unconfirmed.
  {types: ['maven'], managers: ['JAR', 'POM'], comparable: name => name.replace(':', '/')},
  {types: ['golang'], managers: ['GOBINARY', 'GOMOD'], comparable: sameName},
  {types: ['gem'], managers: ['BUNDLER', 'GEMSPEC'], comparable: sameName},
  {types: ['nuget'], managers: ['NUGET', 'DOTNET_CORE'], comparable: name => name.toLowerCase()},
  {types: ['cargo'], managers: ['CARGO'], comparable: sameName},
  {types: ['composer'], managers: ['COMPOSER'], comparable: sameName},
]

/** The namespace of a distribution's package is its vendor, and no part of the name. */
function nameOf({type, namespace, name}: Purl): string {
  return namespace === '' || distributions.has(type) ? name : `${namespace}/${name}`
}

function sameName(name: string): string {
  return name
}

function versionOf({version, qualifiers}: Purl): string {
  const epoch = qualifiers.get('epoch')
  return epoch === undefined ? (version ?? '') : `${epoch}:${version}`
}

/** An epoch of nought is the same as none; modules of Go have versions with a `v`, which not all write. */
function comparableVersion(version: string): string {
  return version.replace(/^0:/, '').replace(/^v(?=\d)/, '')
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
  armv6: 'arm',
  armv7: 'arm',
  armhf: 'arm',
}
const anyArchitecture: ReadonlySet<string> = new Set(['all', 'noarch', 'source', 'src'])

/** Whether what a package URL says of the architecture (`arch`) is what the platform has. */
function fitsPlatform({qualifiers}: Purl, platform: string | null): boolean {
  const wanted = qualifiers.get('arch')
  if (wanted === undefined || anyArchitecture.has(wanted)) return true
  const given = platform?.split('/')[1]
  return given === (architectures[wanted] ?? wanted)
}
