/**
 * Jest runs tests in a realm of their own, where an error of Node's core (`ECONNREFUSED`) is no
 * instance of `Error`. The AWS SDK then wraps it and loses its code, which it does nowhere else.
 * With this set up, `instanceof Error` tells what it tells outside of Jest.
 */
import { types } from 'node:util';

const ordinary = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  // Classes that extend Error inherit this, and must go on telling their own instances.
  value(this: unknown, value: unknown): boolean {
    return (this === Error && types.isNativeError(value)) || ordinary.call(this, value);
  },
});
