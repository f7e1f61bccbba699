import { randomUUID } from 'node:crypto';
import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
} from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { CurrentUser } from 'nestjs-aerie';
import type { Repository } from 'typeorm';
import { Note } from './note.entity.js';
import { NewNote, ShownNote } from './note-shapes.js';

/** Each user reads and writes their own notes. It needs no guard: with `globalGuard` the module guards every route that is not public. */
@Controller('notes')
export class NotesController {
  constructor(@InjectRepository(Note) private readonly notes: Repository<Note>) {}

  @Post()
  @ApiBody({ type: NewNote })
  @ApiCreatedResponse({ type: ShownNote })
  @ApiBadRequestResponse({ description: 'The text is missing, empty or too long.' })
  async create(@CurrentUser('id') owner: string, @Body() body: unknown) {
    const { text } = (body ?? {}) as Record<string, unknown>;
    if (typeof text !== 'string' || text === '' || text.length > 1000 || !isStorable(text)) {
      throw new BadRequestException('"text" must be a text of 1 to 1000 characters.');
    }
    const note = { id: randomUUID(), owner, text, createdAt: new Date().toISOString() };
    await this.notes.insert(note);
    return noteBody(note);
  }

  @Get()
  @ApiOkResponse({ type: ShownNote, isArray: true })
  async list(@CurrentUser('id') owner: string) {
    const notes = await this.notes.find({ where: { owner }, order: { createdAt: 'DESC' }, take: 100 });
    return notes.map(noteBody);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiNotFoundResponse({ description: 'There is no such note.' })
  async remove(@CurrentUser('id') owner: string, @Param('id') id: string): Promise<void> {
    const { affected } = isStorable(id) ? await this.notes.delete({ id, owner }) : { affected: 0 };
    if (!affected) throw new NotFoundException('There is no such note.');
  }
}

function noteBody({ id, text, createdAt }: Note): ShownNote {
  return { id, text, created_at: createdAt };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
