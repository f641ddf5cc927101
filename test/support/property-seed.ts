/**
 * Properties draw other values each time, unless PROPERTY_SEED is set: CI sets it, so that what fails
 * there is about the commit and fails again.
 */
import fc from 'fast-check';

const { PROPERTY_SEED } = process.env;
if (PROPERTY_SEED !== undefined) fc.configureGlobal({ seed: Number(PROPERTY_SEED) });
