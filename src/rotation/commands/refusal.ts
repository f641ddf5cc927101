/** Why a command is not carried out. */
export type RefusalCode =
  /** The command can't be read. */
  | 'invalid-request'
  /** The alias is not allowed this action. */
  | 'alias-not-allowed'
  /** A command came without an alias. */
  | 'no-alias'
  /** The function takes no command through this qualifier. */
  | 'unknown-alias'
  /** The command arrived after its `notAfter`. */
  | 'too-late'
  /** The function's settings say DRY_RUN. */
  | 'dry-run'
  | 'unknown-user'
  /** Several records are of a user of that name. */
  | 'ambiguous-user'
  /** Another run took the record up at the same moment. */
  | 'conflict'
  /** Too little of the function's time was left. */
  | 'no-time'
  /** The run with this request ID was begun before. */
  | 'repeated'
  /** A run that another person asked for is at work. */
  | 'busy';

/** A command is not carried out; the message is for whoever asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
