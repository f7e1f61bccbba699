export declare class Door {
  constructor(target: { readonly host: string; readonly port: number });
  readonly port: number;
  open(): Promise<void>;
  cut(): void;
  shut(): Promise<void>;
}
