/**
 * Writes the JSON Schemas in `schemas/`: of repos.yaml, from the schema that checks it, and of what scripts read, from
 * the types that the program is compiled with. With `--check`, ends with 1 when a committed one is stale.
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import process from 'node:process'
import {createGenerator, type Schema} from 'ts-json-schema-generator'
import {ignoresJsonSchema} from '../src/lib/config/ignores/schema.ts'
import {estateJsonSchema} from '../src/lib/config/schema.ts'
import {inventoryLineJsonSchema} from '../src/lib/ecr/inventory/file-lines.ts'
import {lifecyclePlanKind} from '../src/lib/lifecycle/plan-file.ts'
import {lifecyclePlanJsonSchemas} from '../src/lib/lifecycle/plan-file-checks.ts'
import {reposPlanKind} from '../src/lib/repos/plan-file.ts'
import {reposPlanJsonSchemas} from '../src/lib/repos/plan-file-schema.ts'

const schemas: Readonly<Record<string, () => unknown>> = {
  'repos.schema.json': estateJsonSchema,
  'ignores.schema.json': ignoresJsonSchema,
  'promote.schema.json': () => schemaOfType('src/lib/cli/promotion-view.ts', 'PromoteDocument'),
  'plan.schema.json': () => schemaOfType('src/lib/plan/document.ts', 'PlanDocument'),
  'rollback.schema.json': () => schemaOfType('src/lib/cli/rollback-view.ts', 'RollbackDocument'),
  'lifecycle-compile.schema.json': () =>
    schemaOfType('src/lib/cli/lifecycle-compile-view.ts', 'LifecycleCompileDocument'),
  'lifecycle-lint.schema.json': () =>
    schemaOfType('src/lib/cli/lifecycle-lint-view.ts', 'LifecycleLintDocument'),
  'lifecycle-plan.schema.json': () =>
    schemaOfType('src/lib/cli/lifecycle-plan-result.ts', 'LifecyclePlanJson'),
  'lifecycle-explain.schema.json': () =>
    schemaOfType('src/lib/cli/lifecycle-explain-view.ts', 'LifecycleExplainDocument'),
  'lifecycle-apply.schema.json': () =>
    schemaOfType('src/lib/cli/lifecycle-apply-view.ts', 'LifecycleApplyDocument'),
  'lifecycle-plan-file.schema.json': lifecyclePlanFile,
  'inventory-line.schema.json': inventoryLineJsonSchema,
  'inventory.schema.json': () => schemaOfType('src/lib/cli/inventory-view.ts', 'InventoryDocument'),
  'scan-gate.schema.json': () => schemaOfType('src/lib/cli/scan-gate-result.ts', 'ScanGateDocument'),
  'scan-diff.schema.json': () => schemaOfType('src/lib/cli/scan-diff-result.ts', 'ScanDiffDocument'),
  'replicate-status.schema.json': () =>
    schemaOfType('src/lib/cli/replication-result.ts', 'ReplicateStatusDocument'),
  'replicate-lint.schema.json': () =>
    schemaOfType('src/lib/cli/replication-lint-view.ts', 'ReplicationLintDocument'),
  'backfill.schema.json': () => schemaOfType('src/lib/cli/backfill-result.ts', 'BackfillDocument'),
  'backfill-results.schema.json': () =>
    schemaOfType('src/lib/cli/backfill-result.ts', 'BackfillResultsDocument'),
  'iam-policy.schema.json': () => schemaOfType('src/lib/cli/iam-policy-view.ts', 'IamPolicyDocument'),
  'doctor.schema.json': () => schemaOfType('src/lib/cli/doctor-view.ts', 'DoctorDocument'),
  'repos-export.schema.json': () => schemaOfType('src/lib/cli/repos-export-view.ts', 'ReposExportDocument'),
  'repos-lint.schema.json': () => schemaOfType('src/lib/cli/repos-lint-view.ts', 'ReposLintDocument'),
  'repos-explain.schema.json': () =>
    schemaOfType('src/lib/cli/repos-explain-view.ts', 'ReposExplainDocument'),
  'repos-plan.schema.json': () => schemaOfType('src/lib/cli/repos-plan-result.ts', 'ReposPlanDocument'),
  'repos-plan-file.schema.json': reposPlanFile,
  'repos-apply.schema.json': () => schemaOfType('src/lib/cli/repos-apply-view.ts', 'ReposApplyDocument'),
  'record.schema.json': () => schemaOfType('src/lib/promote/record.ts', 'RecordLine'),
}

const folder = new URL('../schemas/', import.meta.url)
await mkdir(folder, {recursive: true})
for (const [name, schemaOf] of Object.entries(schemas)) {
  const file = new URL(name, folder)
  const wanted = `${JSON.stringify(schemaOf(), undefined, 2)}\n`
  if (!process.argv.includes('--check')) {
    await writeFile(file, wanted)
  } else if ((await readFile(file, 'utf8').catch(() => '')).replaceAll('\r\n', '\n') !== wanted) {
    process.stderr.write(`schemas/${name} is stale. Run: npm run generate\n`)
    process.exitCode = 1
  }
}

/** A plan file of lifecycle policies: what every plan has, and what is read of this kind. */
function lifecyclePlanFile(): unknown {
  const frame = schemaOfType('src/lib/lifecycle/plan-file.ts', 'LifecyclePlanFrame')
  return planFile(frame, 'A plan file of lifecycle policies.', {
    kind: {const: lifecyclePlanKind},
    ...lifecyclePlanJsonSchemas(),
  })
}

/** A plan file of registries and repositories. */
function reposPlanFile(): unknown {
  const frame = schemaOfType('src/lib/repos/plan-file.ts', 'ReposPlanFrame')
  return planFile(frame, 'A plan file of registries and repositories.', {
    kind: {const: reposPlanKind},
    ...reposPlanJsonSchemas(),
  })
}

function planFile(
  {properties, required = [], ...frame}: Schema,
  description: string,
  own: Readonly<Record<string, object>>,
): unknown {
  return {
    ...frame,
    description,
    properties: {...properties, ...own},
    required: [...required, ...Object.keys(own)],
  }
}

/** A result may grow by members in a later version; a reader ignores what it does not know. */
function schemaOfType(path: string, type: string): Schema {
  const generator = createGenerator({
    path,
    type,
    tsconfig: 'tsconfig.json',
    topRef: false,
    additionalProperties: true,
    skipTypeCheck: true,
  })
  return generator.createSchema(type)
}
