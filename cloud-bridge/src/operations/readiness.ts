/** One thing that has to hold before the bridge does its work. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}
