import manifest from '../../package.json' with { type: 'json' };

/** The version of the product, as functions and command line tell it to each other. */
export const VERSION = manifest.version;
