import {expect, test} from 'vitest'
import {layoutPlace, namesOf, referenceText, splitLayout} from '../../../../src/lib/oci/layout/names.ts'

const refName = 'org.opencontainers.image.ref.name'
const containerdName = 'io.containerd.image.name'

test.each([
  ['oci:usb', 'directory', 'usb', ''],
  ['oci:./usb/', 'directory', './usb', ''],
  ['oci:/', 'directory', '/', ''],
  ['oci:/media/usb:v1', 'directory', '/media/usb', 'v1'],
  ['oci:usb:payments/api:v1', 'directory', 'usb', 'payments/api:v1'],
  ['oci:usb:payments/**:v1.*', 'directory', 'usb', 'payments/**:v1.*'],
  ['oci-archive:release.tar:v1', 'archive', 'release.tar', 'v1'],
  [String.raw`oci:C:\usb\images:v1`, 'directory', String.raw`C:\usb\images`, 'v1'],
  ['oci-archive:D:/release.tar', 'archive', 'D:/release.tar', ''],
  [`oci:usb@sha256:${'0'.repeat(64)}`, 'directory', 'usb', `@sha256:${'0'.repeat(64)}`],
  [`oci:usb:api:v1@sha256:${'0'.repeat(64)}`, 'directory', 'usb', `api:v1@sha256:${'0'.repeat(64)}`],
  ['oci:a folder', 'directory', 'a folder', ''],
  ['oci:./~', 'directory', './~', ''],
])('%s is a %s', (text, kind, path, rest) => {
  expect(splitLayout(text)).toMatchObject({place: {kind, path}, rest})
})

test('a path that ends with a slash is the same layout', () => {
  expect(layoutPlace('oci:usb/').host).toBe('oci:usb')
})

test.each([
  ['oci:', 'names no directory'],
  ['oci-archive::v1', 'names no archive'],
  ['oci:~/usb', '$HOME/usb'],
  ['oci:~', '$HOME'],
])('%s is refused', (text, said) => {
  expect(() => splitLayout(text)).toThrow(said)
})

test('where a layout is wanted an image of one is refused', () => {
  expect(() => layoutPlace('oci:usb:v1')).toThrow('Write oci:usb, and the image apart from it.')
})

test.each([
  ['v1', 'unnamed:v1'],
  [`@sha256:${'0'.repeat(64)}`, `unnamed@sha256:${'0'.repeat(64)}`],
  ['payments/api:v1', 'payments/api:v1'],
  ['payments/**:*', 'payments/**:*'],
])('%s after a path means %s', (rest, reference) => {
  expect(referenceText(rest)).toBe(reference)
})

test.each([
  ['a tag alone, of skopeo, oras and regctl', {[refName]: 'v1'}, ['unnamed:v1']],
  ['repository and tag', {[refName]: 'payments/api:v1'}, ['payments/api:v1']],
  ['with a host, of crane', {[refName]: '127.0.0.1:5000/payments/api:v1'}, ['payments/api:v1']],
  [
    'of Docker, BuildKit and containerd',
    {[containerdName]: 'docker.io/payments/api:v1', [refName]: 'v1'},
    ['payments/api:v1', 'unnamed:v1'],
  ],
  ['of docker build --tag api:v1', {[containerdName]: 'docker.io/library/api:v1'}, ['api:v1']],
  ['without any', {}, []],
  ['that is no reference', {[refName]: 'Not A/Name'}, []],
])('a name %s', (_, annotations, names) => {
  expect(namesOf(annotations).map(({repository, tag}) => `${repository}:${tag}`)).toEqual(names)
})
