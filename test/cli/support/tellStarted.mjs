// Imported before the command: says on stderr when Ctrl-C is caught, which is nowhere else to be seen.
process.on('newListener', (name) => {
  if (name === 'SIGINT') setImmediate(() => process.stderr.write('handles SIGINT\n'));
});
