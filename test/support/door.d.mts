export interface Address {
  readonly host: string;
  readonly port: number;
}

export declare class Door {
  constructor(target: Address | null);
  readonly port: number;
  open(): Promise<void>;
  pointAt(target: Address | null): void;
  cut(): void;
  hang(): void;
  wake(): void;
  abandon(): void;
  forget(): void;
  shut(): Promise<void>;
}
