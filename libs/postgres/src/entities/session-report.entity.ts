import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

const wholeNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** A row of `session_reports` as queries read it; ingest writes it by a plain statement. */
@Entity({ name: 'session_reports', synchronize: false })
export class SessionReportEntity {
  /** Arrival at our side; the table is partitioned by it, by month. */
  @PrimaryColumn({ name: 'received_at', type: 'timestamptz' })
  receivedAt!: Date;

  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  provider!: string;

  @Column({ type: 'text' })
  account!: string;

  /** The provider's own id of the session. */
  @Column({ name: 'session_id', type: 'text' })
  sessionId!: string;

  @Column({ type: 'text', nullable: true })
  caller!: string | null;

  @Column({ name: 'service_code', type: 'text', nullable: true })
  serviceCode!: string | null;

  @Column({ name: 'network_code', type: 'text', nullable: true })
  networkCode!: string | null;

  @Column({ type: 'text' })
  status!: string;

  @Column({ name: 'provider_status', type: 'text', nullable: true })
  providerStatus!: string | null;

  /** Decimal text, as exact as the provider gave it. */
  @Column({ name: 'cost_amount', type: 'numeric', nullable: true })
  costAmount!: string | null;

  @Column({ name: 'cost_currency', type: 'text', nullable: true })
  costCurrency!: string | null;

  @Column({ name: 'duration_ms', type: 'bigint', nullable: true, transformer: wholeNumber })
  durationMs!: number | null;

  @Column({ type: 'bigint', nullable: true, transformer: wholeNumber })
  hops!: number | null;

  @Column({ type: 'text', nullable: true })
  input!: string | null;

  @Column({ name: 'last_reply', type: 'text', nullable: true })
  lastReply!: string | null;

  @Column({ name: 'error_message', type: 'text', nullable: true })
  errorMessage!: string | null;

  @Column({ name: 'occurred_at', type: 'timestamptz', nullable: true })
  occurredAt!: Date | null;

  @Column({ type: 'jsonb' })
  raw!: Record<string, unknown>;
}
