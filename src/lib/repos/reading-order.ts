/** Members of policies, rules and settings as people write them; all others follow, by their names. */
const readingOrder = `
  use version id statements
  Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition
  rules rulePriority description selection action
  tagStatus tagPatternList tagPrefixList storageClass countType countUnit countNumber
  mode except type key upstream kind prefixes to profile repositories
`.split(/\s+/)

/** The members of a mapping, in the order in which people write them. */
export function inReadingOrder<Value>(
  members: readonly (readonly [string, Value])[],
): readonly (readonly [string, Value])[] {
  return members.toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
}

function rankOf(key: string): number {
  const rank = readingOrder.indexOf(key)
  return rank === -1 ? readingOrder.length : rank
}
