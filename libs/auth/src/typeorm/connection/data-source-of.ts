import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** The connection of an EntityManager or a QueryRunner: TypeORM 0.3 knows `connection` alone, which TypeORM 1 deprecates. */
export function dataSourceOf(owner: EntityManager | QueryRunner): DataSource {
  return (owner as { readonly dataSource?: DataSource }).dataSource ?? owner.connection;
}
