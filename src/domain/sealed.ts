/** What the protected header says about a sealed key pair, so that a mix-up is noticed. */
export interface SealedHeader {
  /** The rotation's ID; the content key carries the same. */
  readonly rotationId: string;
  readonly userArn: string;
  readonly parameterName: string;
  /** The Region that the parameter is in. */
  readonly region: string;
}
