/** Pages of IAM's lists, which may be shorter than asked for, and are linked by a marker. */
interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export async function* iamPages<P extends Page>(
  read: (marker: { Marker?: string }) => Promise<P>,
): AsyncGenerator<P> {
  let marker: string | undefined;
  do {
    const page: P = await read(marker === undefined ? {} : { Marker: marker });
    yield page;
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker !== undefined);
}
