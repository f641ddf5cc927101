import type { TurnableClock } from './clock.ts';
import type { AccessKey, Users } from './iam-users.ts';
import { ServiceError } from './wire.ts';

const REUSED_FOR_MS = 4 * 3_600_000;

const ACCESS_KEY_COLUMNS = [
  'active',
  'last_rotated',
  'last_used_date',
  'last_used_region',
  'last_used_service',
];
const HEADER = [
  ...['user', 'arn', 'user_creation_time'],
  ...['password_enabled', 'password_last_used', 'password_last_changed', 'password_next_rotation'],
  'mfa_active',
  ...ACCESS_KEY_COLUMNS.map((column) => `access_key_1_${column}`),
  ...ACCESS_KEY_COLUMNS.map((column) => `access_key_2_${column}`),
  ...['cert_1_active', 'cert_1_last_rotated', 'cert_2_active', 'cert_2_last_rotated'],
].join(',');

/** The credential report: made at most once in four hours, ready some time after it was asked for. */
export class CredentialReport {
  /** How long IAM works on a report. */
  takesMs = 0;
  #report: { startedAtMs: number; readyAtMs: number; csv: string } | undefined;
  readonly #users: Users;
  readonly #clock: TurnableClock;
  readonly #rootArn: string;

  constructor(users: Users, clock: TurnableClock, rootArn: string) {
    this.#users = users;
    this.#clock = clock;
    this.#rootArn = rootArn;
  }

  generate(): { State: string; Description?: string } {
    const nowMs = this.#clock.nowMs();
    if (this.#report && !this.#expired(nowMs)) {
      return { State: nowMs < this.#report.readyAtMs ? 'INPROGRESS' : 'COMPLETE' };
    }
    this.#report = { startedAtMs: nowMs, readyAtMs: nowMs + this.takesMs, csv: this.#render() };
    const Description = 'No report exists. Starting a new report generation task';
    return { State: 'STARTED', Description };
  }

  get(): { Content: string; ReportFormat: string; GeneratedTime: Date } {
    const nowMs = this.#clock.nowMs();
    if (!this.#report) throw new ServiceError('ReportNotPresent', 'No report exists.', 410);
    if (nowMs < this.#report.readyAtMs) {
      throw new ServiceError('ReportInProgress', 'Report generation is in progress.', 404);
    }
    if (this.#expired(nowMs)) {
      throw new ServiceError('ReportExpired', 'Report has expired. Generate a new one.', 410);
    }
    return {
      Content: Buffer.from(this.#report.csv).toString('base64'),
      ReportFormat: 'text/csv',
      GeneratedTime: new Date(this.#report.startedAtMs),
    };
  }

  #expired(nowMs: number): boolean {
    return this.#report !== undefined && nowMs - this.#report.startedAtMs >= REUSED_FOR_MS;
  }

  #render(): string {
    const none = keyCells(undefined);
    const certificates = 'false,N/A,false,N/A';
    const root = `<root_account>,${this.#rootArn},2020-01-01T00:00:00+00:00,not_supported,N/A,not_supported,not_supported,true`;
    const rows = [HEADER, [root, none, none, certificates].join(',')];
    for (const user of this.#users.all()) {
      const keys = this.#users.keys(user);
      const [first, second] = [1, 2].map((slot) => keyCells(keys.find((key) => key.slot === slot)));
      const { name, createdAtMs } = user;
      const person = `${cell(name)},${cell(this.#users.arn(user))},${time(createdAtMs)}`;
      rows.push([person, 'false,N/A,N/A,N/A,false', first, second, certificates].join(','));
    }
    return rows.join('\n');
  }
}

function keyCells(key: AccessKey | undefined): string {
  const change = key?.statuses.at(-1);
  if (!key || !change) return 'false,N/A,N/A,N/A,N/A';
  const used = key.lastUsed;
  const usedCells = used ? [time(used.atMs), used.region, used.service] : ['N/A', 'N/A', 'N/A'];
  return [change.status === 'Active', time(change.sinceMs), ...usedCells].join(',');
}

/** A comma may stand in a user's name: such a cell is quoted. */
function cell(text: string): string {
  return text.includes(',') ? `"${text}"` : text;
}

/** `2026-01-31T09:00:00+00:00`, as the report writes times. */
function time(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+00:00`;
}
