// The one answer that every measured route gives, and how a route is declared without a compiler.
import { Controller, Get, UseGuards } from '@nestjs/common';

export const ANSWER = { id: 'ada', name: 'Ada Lovelace', notes: 3 };

/** A controller whose one route, GET /`path`, gives the answer behind these guards. */
export function answeringController(path, ...guards) {
  class AnsweringController {
    answer() {
      return ANSWER;
    }
  }
  const method = Object.getOwnPropertyDescriptor(AnsweringController.prototype, 'answer');
  Get()(AnsweringController.prototype, 'answer', method);
  if (guards.length > 0) UseGuards(...guards)(AnsweringController);
  Controller(path)(AnsweringController);
  return AnsweringController;
}
