import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {type DoctorResult, toDoctorResult, viewDoctor} from '../lib/cli/doctor-view.ts'
import {doctorWorld} from '../lib/cli/doctor-world.ts'
import {duration} from '../lib/cli/flags.ts'
import {leave} from '../lib/cli/output.ts'
import {accounts} from '../lib/cli/scope-flags.ts'

export default class Doctor extends GantryCommand<DoctorResult> {
  static override summary = 'Check what has to be right before anything works, and say how to mend it.'
  static override description = [
    'Looks at this machine, and at each account and region of repos.yaml (the default identity without one): credentials,',
    'STS, the clock, endpoints by DNS, proxy and TLS, the registry, and permissions to read. Changes nothing, prints no secret.',
    'Exits with 0 when there is no problem, else by the gravest: 2 configuration, 5 credentials or permissions, 6 network,',
    '4 anything else. docs/doctor.md tells what each check looks at.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account prod,dev@eu-west-1',
    '<%= config.bin %> <%= command.id %> --check-timeout 3s --json',
  ]
  static override flags = {
    account: accounts(),
    'check-timeout': duration({default: 10_000, summary: 'Time that each check has; 10s without.'}),
  }

  protected async execute(context: Context): Promise<DoctorResult> {
    const {flags} = await this.parse(Doctor)
    const {runDoctor} = await import('../lib/doctor/run.ts')
    return toDoctorResult(
      await runDoctor({accounts: flags.account}, doctorWorld(context, flags['check-timeout'])),
    )
  }

  /** A source of credentials that never answers holds nobody up. */
  protected override async serve(): Promise<void> {
    await leave()
  }

  protected view(result: DoctorResult, style: Style): string {
    return viewDoctor(result, style)
  }
}
