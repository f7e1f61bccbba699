import { ApiProperty } from '@nestjs/swagger';

/** What a client sends to register. */
export class NewUser {
  @ApiProperty({ type: String, format: 'email', maxLength: 320, example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ type: String, format: 'password', maxLength: 1024, example: 'correct horse battery' })
  password!: string;
}

/** A user as the routes show it. */
export class ShownUser {
  @ApiProperty({ type: String, format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String })
  email!: string;
}
