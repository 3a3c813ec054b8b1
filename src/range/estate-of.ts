import type { RegionName } from './contract.ts';
import type { Databases } from './databases/databases.ts';
import type { Estate } from './estate.ts';
import type { Shop } from './shop/shop.ts';

/** The databases and shops of a range as the gateway drives them. */
export function estateOf(databases: Databases, shops: Record<RegionName, Shop>, lost: (region: RegionName) => boolean): Estate {
  const shopOf = (group: string): Shop | undefined => Object.values(shops).find((shop) => shop.group === group);
  return {
    ...databases,
    setCapacity: (group, desired) => {
      const shop = shopOf(group);
      if (!shop) throw new Error(`the range has no group ${group}`);
      shop.setCapacity(desired);
    },
    capacity: (group) => {
      const shop = shopOf(group);
      return shop && { desired: shop.desired(), instances: shop.instances() };
    },
    list: (group, ids, on) => shopOf(group)?.list(ids, on) ?? false,
    setRelease: (group, version) => shopOf(group)?.setRelease(version),
    replace: async (group, ids, version) => shopOf(group)?.replace(ids, version),
    lost,
  };
}
