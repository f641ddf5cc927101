/** What an error of an SDK client says about the effect of the call. */

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
}

/** The service was asked too often and did nothing. */
export function isThrottling(error: unknown): boolean {
  return (
    /^(Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded|TooManyRequestsException|RequestThrottled\w*|SlowDown|ProvisionedThroughputExceededException)$/.test(
      errorName(error),
    ) || statusOf(error) === 429
  );
}

/** The service answered with a refusal: it did nothing, and would refuse again. */
export function isDefiniteRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 408;
}
