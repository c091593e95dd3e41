/** The prefix of all repositories that no other prefix fits. */
export const root = 'ROOT'

/** A namespace as it is kept: `prod` and `prod/` are the same (API reference, CreateRepositoryCreationTemplate). */
export function namespaceOf(prefix: string): string {
  return prefix.replace(/\/$/, '')
}

/** The namespaces that a repository is in, the most specific first: of `a/b/c` these are `a/b`, `a` and ROOT. */
export function* namespacesOf(repositoryName: string): Generator<string> {
  for (let end = repositoryName.lastIndexOf('/'); end > 0; end = repositoryName.lastIndexOf('/', end - 1)) {
    yield repositoryName.slice(0, end)
  }
  yield root
}
