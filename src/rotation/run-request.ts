/** What a run of the rotator is asked to do. */
export interface RunRequest {
  /** Only these users; everybody when missing. */
  readonly users?: readonly string[];
  /** Ignore the age of the keys, and a back-off. */
  readonly force: boolean;
  readonly dryRun: boolean;
}
