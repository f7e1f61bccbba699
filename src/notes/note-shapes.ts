import { ApiProperty } from '@nestjs/swagger';

/** What a client sends to write a note. */
export class NewNote {
  @ApiProperty({ type: String, minLength: 1, maxLength: 1000, example: 'remember the milk' })
  text!: string;
}

/** A note as the routes show it. */
export class ShownNote {
  @ApiProperty({ type: String, format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String })
  text!: string;

  @ApiProperty({ type: String, format: 'date-time' })
  created_at!: string;
}
