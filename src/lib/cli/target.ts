/** The repository of a target `HOST/REPOSITORY`; what stands for a layout's host has slashes, and is its label too. */
export function repositoryOf(target: string, destination: string): string {
  const host = target.startsWith(`${destination}/`) ? destination.length : target.indexOf('/')
  return target.slice(host + 1)
}
