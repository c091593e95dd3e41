import {digestOf} from './state/digest.ts'

/** An image in its parts. */
export interface SampleImage {
  readonly blobs: readonly Buffer[]
  readonly manifest: Buffer
}

const types = 'application/vnd.oci.image'

/** A small image for linux/amd64 that holds one file with this text; the same text makes the same image. */
export function sampleImage(text: string): SampleImage {
  const layer = tarOf('sample.txt', Buffer.from(text))
  const rootfs = {type: 'layers', diff_ids: [digestOf(layer)]}
  const config = Buffer.from(JSON.stringify({architecture: 'amd64', os: 'linux', config: {}, rootfs}))
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${types}.manifest.v1+json`,
    config: descriptorOf(`${types}.config.v1+json`, config),
    layers: [descriptorOf(`${types}.layer.v1.tar`, layer)],
  })
  return {blobs: [layer, config], manifest: Buffer.from(manifest)}
}

function descriptorOf(mediaType: string, bytes: Buffer) {
  return {mediaType, digest: digestOf(bytes), size: bytes.length}
}

/** An archive of one file (POSIX ustar): a header of 512 bytes, the file in blocks of 512, two empty blocks. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${octal(content.length, 11)}\0`, 124)
  header.write(`${octal(0, 11)}\0`, 136)
  // The sum of the header counts its own eight bytes as spaces.
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\0 `, 148)
  const padding = Buffer.alloc(-content.length & 511)
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)])
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
