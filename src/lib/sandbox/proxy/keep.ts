import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {replaceFile} from '../storage/files.ts'
import {type AuthorityText, createAuthority, isUsable} from './authority.ts'

/** An authority whose certificate is in a file, for clients to trust. */
export interface KeptAuthority extends AuthorityText {
  readonly certificateFile: string
  /** Takes away what does not outlive the sandbox. */
  readonly release: () => Promise<void>
}

/**
 * The authority of a data directory, which stays the same over restarts; without one, a new one, of which only the
 * certificate is ever on disk.
 *
 * @param now what clients take for the time, in milliseconds since the epoch.
 */
export async function keepAuthority(directory: string | undefined, now: number): Promise<KeptAuthority> {
  if (directory !== undefined) return await keepIn(directory, now)
  const authority = createAuthority(now)
  const folder = await mkdtemp(join(tmpdir(), 'gantry-sandbox-ca-'))
  const certificateFile = join(folder, 'ca.pem')
  await writeFile(certificateFile, authority.certificate)
  return {...authority, certificateFile, release: () => rm(folder, {recursive: true, force: true})}
}

async function keepIn(directory: string, now: number): Promise<KeptAuthority> {
  const certificateFile = resolve(directory, 'ca.pem')
  const keyFile = join(directory, 'ca-key.pem')
  const kept = {certificate: await read(certificateFile), key: await read(keyFile)}
  const usable = isUsable(kept, now)
  const authority = usable ? kept : createAuthority(now)
  if (!usable) {
    await replaceFile(keyFile, authority.key)
    await replaceFile(certificateFile, authority.certificate)
  }
  return {...authority, certificateFile, release: () => Promise.resolve()}
}

/** Empty when there is no such file. */
async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
