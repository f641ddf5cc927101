/**
 * What the local account claims about AWS, held against engines that other people wrote: its
 * contract (test/simulation/contract.ts), and its answers to every call of the product.
 */
import { describe } from '@jest/globals';
import { describeAccountContract } from '../../simulation/contract.ts';
import {
  DENYING_MOTO_ANSWERS,
  DIFFERENT_BEHAVIOUR,
  DYNAMODB_LOCAL_ANSWERS,
  MOTO_ANSWERS,
} from './differences.ts';
import { compareAnswers } from './support/answers.ts';
import {
  BARE_USER,
  deniableCalls,
  FUNCTION,
  iamCalls,
  otherCalls,
  SENDER,
  sesCalls,
  USER,
} from './support/calls.ts';
import { engines, needs } from './support/engines.ts';
import { TABLE, tableCalls } from './support/table-calls.ts';
import { startDenyingMoto, startDynamoDb, startLocal, startMoto } from './support/targets.ts';

needs(engines.motoContract)('moto', () => {
  describeAccountContract('keeps the contract', startMoto, { differences: DIFFERENT_BEHAVIOUR });

  describe('answers as the local account does to', () =>
    compareAnswers(
      { ...iamCalls, ...otherCalls, ...sesCalls },
      MOTO_ANSWERS,
      { engine: startMoto },
      async (userActions) => {
        await userActions.createUser(USER, {
          path: '/team/',
          tags: { 'IKR:EMAIL': 'side@example.com' },
        });
        await userActions.createUser(BARE_USER);
        await userActions.verifySender(SENDER);
        await userActions.setFunction(FUNCTION, { MAIL_FROM: SENDER });
      },
    ));

  describe('denies as the local account does', () =>
    compareAnswers(deniableCalls, DENYING_MOTO_ANSWERS, {
      local: () => startLocal({ denies: true }),
      engine: startDenyingMoto,
    }));
});

needs(engines.dynamodb)('DynamoDB Local', () => {
  describeAccountContract('keeps the contract', startDynamoDb, { parts: ['DynamoDB'] });

  describe('answers as the local account does to', () =>
    compareAnswers(
      tableCalls,
      DYNAMODB_LOCAL_ANSWERS,
      { engine: startDynamoDb },
      async (userActions) => userActions.createTable(TABLE),
    ));
});
