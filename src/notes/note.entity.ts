import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('demo_note')
export class Note {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Index()
  @Column({ type: 'varchar', length: 36 })
  owner!: string;

  @Column({ type: 'varchar', length: 1000 })
  text!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;
}
