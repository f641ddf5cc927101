/** What the installation takes for granted about an engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { dynamoDbLocal, OLDEST_JAVA } from '../../../scripts/proofs/engines/install.ts';
import { engines, needs } from './support/engines.ts';

/** Java 17 wrote the version 61 into class files, and each Java before it one less. */
const FORMATS_BEFORE_JAVA_1 = 44;

needs(engines.dynamodb)('DynamoDB Local', () => {
  it('is compiled for the oldest Java that it is started with', async () => {
    const { home } = await dynamoDbLocal();
    const jar = readdirSync(home).find((name) => /^DynamoDBLocal-.*\.jar$/.test(name)) ?? '';
    const [main] = Object.values(
      unzipSync(readFileSync(join(home, jar)), {
        filter: ({ name }) => name.endsWith('/main/ServerRunner.class'),
      }),
    );
    const format = Buffer.from(main ?? []).readUInt16BE(6);
    expect(format - FORMATS_BEFORE_JAVA_1).toBe(OLDEST_JAVA);
  });
});
