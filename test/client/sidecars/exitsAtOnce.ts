process.stderr.write('no such setting: frobnicate\n', () => process.exit(2));
