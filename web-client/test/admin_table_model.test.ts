import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TableModel } from '../src/ui/admin/table_model.js';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly age: number | null;
}

const person = (name: string, age: number | null = null): Person => ({ id: name.toLowerCase(), name, age });

function model(rows: readonly Person[], pageSize = 25): TableModel<Person> {
  const made = new TableModel<Person>(
    [{ id: 'name', value: (row) => row.name }, { id: 'age', value: (row) => row.age }],
    (row) => row.id,
    { words: '', sort: { column: 'name', descending: false }, page: 0, pageSize },
  );
  made.set(rows);
  return made;
}

const names = (made: TableModel<Person>): string[] => made.shown.map(({ row }) => row.name);

test('rows are in the order of people: no case, numbers as numbers', () => {
  assert.deepEqual(names(model([person('host10'), person('Ada'), person('host9'), person('ada2')])), ['Ada', 'ada2', 'host9', 'host10']);
});

test('the same column again turns the order round; what is unknown stays last', () => {
  const made = model([person('a', 30), person('b'), person('c', 4)]);
  made.sortBy('age');
  assert.deepEqual(names(made), ['c', 'a', 'b']);
  made.sortBy('age');
  assert.deepEqual(names(made), ['a', 'c', 'b']);
});

test('a search finds rows by every word, whatever the case and accents', () => {
  const made = model([person('Ångström Anders'), person('Anders Berg'), person('Zoë')]);
  made.search('  ANDERS angstrom');
  assert.deepEqual(names(made), ['Ångström Anders']);
  made.search('zoe');
  assert.deepEqual(names(made), ['Zoë']);
  made.search('nobody');
  assert.deepEqual(names(made), []);
  assert.equal(made.pages, 1);
});

test('pages hold so many rows, and one that is gone gives way to the last', () => {
  const rows = Array.from({ length: 60 }, (_, i) => person(`user ${i}`));
  const made = model(rows);
  assert.equal(made.pages, 3);
  made.goTo(2);
  assert.deepEqual(names(made).length, 10);
  made.set(rows.slice(0, 30));
  assert.equal(made.state.page, 2);
  assert.deepEqual(names(made), ['user 25', 'user 26', 'user 27', 'user 28', 'user 29']);
  assert.equal(made.state.page, 1);
  made.goTo(99);
  assert.equal(made.state.page, 1);
});

test('an update keeps page, order and search', () => {
  const rows = Array.from({ length: 60 }, (_, i) => person(`user ${i}`, i));
  const made = model(rows);
  made.sortBy('age');
  made.sortBy('age');
  made.goTo(1);
  made.set([...rows, person('user 99', 99)]);
  assert.equal(made.state.page, 1);
  assert.equal(names(made)[0], 'user 35');
});

test('the data of a row is given back, not a copy', () => {
  const ada = person('Ada');
  const made = model([ada]);
  assert.equal(made.shown[0]?.row, ada);
});
