/** The shape of policies in `repos.yaml`: IAM's own grammar (IAM user guide, grammar of the IAM JSON policy language). */
import * as z from 'zod/mini'
import {elementsOf} from './check-parts.ts'
import {listOf, mapping, name, shown, text} from './schema-parts.ts'

const notQuoted = (kind: string) => ({
  error: ({input}: {readonly input?: unknown}) =>
    ['number', 'boolean'].includes(typeof input)
      ? `is not text here. Put ${kind} in quotes, with all that belongs to it.`
      : undefined,
})

const word = (kind: string) => text(/^[^\s\p{Cc}]{1,2048}$/u, kind, 'Write it without spaces.')

/** One text, or a list of them. */
const texts = (item: () => z.ZodMiniString, kind: string, description: string) =>
  z.exactOptional(shown(z.union([item(), listOf(item())], notQuoted(kind)), {description}))

const actions = (description: string) =>
  texts(
    () =>
      text(
        /^(?:\*|[A-Za-z0-9-]{1,64}:[A-Za-z0-9*?]{1,128})$/,
        'an action',
        'Write it as in ecr:BatchGetImage.',
      ),
    'the action',
    description,
  )

const identities = (kind: string, description: string) => texts(() => word(kind), kind, description)

const principals = (description: string) =>
  z.exactOptional(
    shown(
      z.union([
        z.literal('*', {error: ({input}) => `${JSON.stringify(input)} is not a principal. ${principalFix}`}),
        mapping({
          AWS: identities('the account id or ARN', 'Accounts, roles and users: ids, ARNs, or *.'),
          Service: identities('the service', 'Services of AWS: lambda.amazonaws.com.'),
          Federated: identities('the provider', 'Identity providers.'),
          CanonicalUser: identities('the canonical id', 'Canonical ids of users.'),
        }),
      ]),
      {description},
    ),
  )

const principalFix = 'Write "*", or a mapping: {AWS: "111111111111"}.'

const scalar = () => z.union([z.string(), z.number(), z.boolean()])

const condition = z.exactOptional(
  shown(
    z.record(
      text(/^[A-Za-z0-9:]{1,128}$/, 'an operator of conditions', 'Write one of IAM, as in StringEquals.'),
      z.record(
        text(/^[^\p{Cc}]{1,2048}$/u, 'a condition key', 'Write one as in aws:PrincipalOrgID.'),
        z.union([scalar(), listOf(scalar())]),
      ),
    ),
    {description: 'When it holds: operators, each with the keys and values that it compares.'},
  ),
)

export const absent = (description: string) =>
  z.exactOptional(
    shown(z.literal('absent', {error: 'must be absent, which removes it. Write absent, or take it out.'}), {
      description,
    }),
  )

export const exclusive = (what: string) =>
  z.exactOptional(
    shown(z.boolean(), {description: `Whether ${what} that the file does not name are removed.`}),
  )

const statement = mapping({
  Sid: z.exactOptional(
    shown(
      // Policies of repositories have Sids of other characters, too: "new statement".
      text(/^[^\p{Cc}]{1,256}$/u, 'a Sid', 'Use letters and digits: OrgPull.'),
      {description: 'Its name: a stronger level replaces the statement of the same one.'},
    ),
  ),
  Effect: z.exactOptional(
    shown(z.enum(['Allow', 'Deny'], {error: 'must be Allow or Deny, with a capital letter.'}), {
      description: 'Allow or Deny.',
    }),
  ),
  Principal: principals('Who is meant.'),
  NotPrincipal: principals('Who is not meant.'),
  Action: actions('What they may do, or may not: ecr:BatchGetImage.'),
  NotAction: actions('All but these actions.'),
  Resource: texts(
    () => word('a resource'),
    'the resource',
    'ARNs of repositories; * for all. Policies of repositories need none.',
  ),
  NotResource: texts(() => word('a resource'), 'the resource', 'All but these resources.'),
  Condition: condition,
  state: absent('The statement of this Sid is to go.'),
})

const parts = {
  version: z.exactOptional(
    shown(z.enum(['2012-10-17', '2008-10-17'], {error: 'must be "2012-10-17" or "2008-10-17".'}), {
      description: "Version of IAM's grammar.",
    }),
  ),
  id: z.exactOptional(shown(z.string(), {description: 'Id of the policy.'})),
  statements: z.exactOptional(
    shown(z.array(statement), {
      description:
        "Statements in IAM's grammar; those of stronger levels take the place of those of the same Sid.",
    }),
  ),
}

/** Statements to use by name. */
export const policyPresets = shown(z.record(z.clone(name), shown(mapping(parts), {minProperties: 1})), {
  description: 'Policies to use by name.',
})

/** A policy of a registry or of repositories. */
export const policySetting = (description: string) =>
  z.exactOptional(
    shown(
      z.nullable(
        shown(
          mapping({
            use: z.exactOptional(
              shown(z.union([z.string(), z.array(z.string())]), {
                description: 'Preset, or presets; the statements written here win over theirs.',
              }),
            ),
            ...parts,
            exclusive: exclusive('statements'),
          }),
          {minProperties: 1},
        ),
      ),
      {description},
    ),
  )

export type PolicyData = z.infer<ReturnType<typeof mapping<typeof parts>>> & {
  readonly use?: string | readonly string[]
  readonly exclusive?: boolean
}

/** Names of presets, written as one or as a list. */
export function namesOf(use: unknown): readonly unknown[] {
  return typeof use === 'string' ? [use] : elementsOf(use)
}
