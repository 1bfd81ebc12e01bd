import { readFile } from 'node:fs/promises';

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface PageFiles {
  /** By its path: `/page.js`. null: there is no such file. */
  read(path: string): Promise<PageFile | null>;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** What `npm run build` makes of page/: beside this file in dist/, inside of a binary, else in dist/ of the project. */
export function createPageFiles(): PageFiles {
  const folders = [new URL('admin/', import.meta.url), new URL('../../dist/admin/', import.meta.url)];
  return {
    async read(path) {
      const [, name = 'index.html', ending = 'html'] = /^\/(?:([\w-]+\.(html|css|js))|)$/.exec(path) ?? ['', ''];
      const type = types[ending];
      if (name === '' || type === undefined) return null;
      const packed = asset(`admin/${name}`);
      if (packed !== null) return { type, bytes: packed };
      for (const folder of folders) {
        const bytes = await readFile(new URL(name, folder)).catch(() => null);
        if (bytes !== null) return { type, bytes };
      }
      return null;
    },
  };
}

/** Of a binary that has Node inside. */
function asset(name: string): Uint8Array | null {
  const sea = process.getBuiltinModule('node:sea');
  if (!sea.isSea()) return null;
  try {
    return new Uint8Array(sea.getRawAsset(name));
  } catch {
    return null;
  }
}
