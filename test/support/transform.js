import { transformSync } from 'esbuild';

/** A jest transformer: esbuild strips the types, nothing else. */
export default {
  process(source, path) {
    return transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20.19',
      sourcefile: path,
      sourcemap: 'inline',
    });
  },
};
