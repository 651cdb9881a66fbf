import { describeProblem } from '@app/workspace';
import { exitCodes } from '../failures.js';
import { readInstallation, readWorkspace, type Installation } from '../installation.js';
import { print, type Io } from '../io.js';
import { counted } from '../problem-list.js';
import { fault, warning, well, type Finding } from './finding.js';
import { lookAtAccounts, lookAtPublicUrl } from './look-at-accounts.js';
import { lookAtDatabase, lookAtDisk, lookAtRedis } from './look-at-stores.js';

const marks = { well: '✓', warning: '!', fault: '✗', skipped: '-' } as const;

/** Looks at everything that an installation needs, and prints what it finds; resolves to 1 where there is a fault. */
export async function doctor(io: Io, { json = false }: { readonly json?: boolean }): Promise<number> {
  const installation = readInstallation(io.env);
  const { environment } = installation;
  const findings: Finding[] = [well('environment', environment.production ? 'for production' : 'not for production')];
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (!json) for (const finding of found) print(io, lineOf(finding));
  };
  if (!json) for (const finding of findings) print(io, lineOf(finding));
  const { found, workspace } = await lookAtWorkspace(installation);
  tell(found);
  tell(await lookAtDisk(environment));
  tell(await lookAtDatabase(io));
  tell(await lookAtRedis(environment));
  tell(await lookAtPublicUrl(environment));
  if (workspace !== undefined) tell(await lookAtAccounts(environment, workspace));
  const faults = findings.filter(({ state }) => state === 'fault').length;
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  if (json) print(io, JSON.stringify(findings, null, 2));
  else print(io, `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}`);
  return faults > 0 ? exitCodes.faults : exitCodes.well;
}

async function lookAtWorkspace(installation: Installation) {
  const { problems, configFile, workspace } = await readWorkspace(installation);
  const found = problems.map((problem) => {
    const make = problem.severity === 'fault' ? fault : warning;
    return make('configuration', describeProblem(problem), 'npx ongea check tells more.');
  });
  if (workspace === undefined) return { found, workspace };
  return { found: [...found, well('configuration', `${configFile} can be served`)], workspace };
}

function lineOf({ of, state, detail, hint }: Finding): string {
  return `${marks[state]} ${of}: ${detail}${hint === undefined ? '' : `\n    → ${hint}`}`;
}
