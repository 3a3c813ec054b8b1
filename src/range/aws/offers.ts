import { queryAnswer } from './answers.ts';
import { awsRegions, type Handlers } from './call.ts';
import { toXml } from './xml.ts';

/** What RDS offers on the range; moto knows only other engines. */
const offered = { Engine: 'postgres', EngineVersion: '18.1', classes: ['db.m7g.large', 'db.m7g.xlarge', 'db.r7g.large', 'db.t4g.medium'] };

/** Instance classes that the practice regions have. */
export function offerHandlers(): Handlers {
  return {
    'rds:DescribeOrderableDBInstanceOptions': async (call) => {
      const asked = (name: string, value: string) => !call.form.has(name) || call.form.get(name) === value;
      const { Engine, EngineVersion, classes } = offered;
      const known = asked('Engine', Engine) && asked('EngineVersion', EngineVersion);
      const zones = ['a', 'b', 'c'].map((zone) => `<AvailabilityZone><Name>${awsRegions[call.place]}${zone}</Name></AvailabilityZone>`);
      const options = classes
        .filter((name) => known && asked('DBInstanceClass', name))
        .map((DBInstanceClass) => {
          const option = toXml({ Engine, EngineVersion, DBInstanceClass, MultiAZCapable: true, SupportsStorageEncryption: true });
          return `<OrderableDBInstanceOption>${option}<AvailabilityZones>${zones.join('')}</AvailabilityZones></OrderableDBInstanceOption>`;
        });
      return queryAnswer(call, `<OrderableDBInstanceOptions>${options.join('')}</OrderableDBInstanceOptions>`);
    },
  };
}
