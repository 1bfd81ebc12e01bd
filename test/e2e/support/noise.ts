// Imported into the sidecar by NODE_OPTIONS: code that knows nothing of stdout being taken.
setInterval(() => {
  console.log('noise from console.log');
  console.info('noise from console.info');
  console.table([{ noise: 1 }]);
  process.stdout.write('noise from stdout\n');
}, 5).unref();
