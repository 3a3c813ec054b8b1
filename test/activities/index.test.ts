import assert from 'node:assert/strict';
import { createActivities } from '../../src/activities/index.ts';
import { join } from '../../src/activities/kit/index.ts';
import { kindOf } from '../../src/activities/kit/kinds.ts';
import { environmentWith } from './environment.ts';

describe('the activities of an environment', () => {
  it('are flat, classified functions, joined without connecting to anything', () => {
    const activities = Object.entries(createActivities(environmentWith({})));
    assert.ok(activities.length > 30);
    assert.deepEqual(
      activities.filter(([, activity]) => kindOf(activity) === undefined).map(([name]) => name),
      [],
    );
  });

  it('refuse two of one name', () => {
    assert.throws(() => join({ look: 1 }, { look: 2 }), /two activities are called look/);
  });
});
