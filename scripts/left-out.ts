/** Stands in a Lambda bundle for a part of a library that none of its calls comes to. */
throw new Error('This part of the AWS SDK is left out of the bundle');
