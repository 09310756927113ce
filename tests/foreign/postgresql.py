"""A PostgreSQL of the test's own: its programs and a folder for it. Ends with 77 where the server is not installed or cannot be run."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile


class Server:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
        if not found[-1]:
            sys.exit(77)
        self.programs = os.path.dirname(found[-1])
        # The server refuses to be run by root.
        self.as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_server and subprocess.run([*self.as_server, "true"], capture_output=True).returncode:
            sys.exit(77)
        self.folder = tempfile.mkdtemp()
        os.chmod(self.folder, 0o777)
        self.data = os.path.join(self.folder, "data")

    def run(self, *command, text=None):
        done = subprocess.run([*self.as_server, *command], input=text, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise SystemExit(f"{command[0]}: {done.stderr}")
        return done.stdout

    def start(self, options, network=None):
        """Starts it for those on this machine; `network` is a line for those who come by the network."""
        initdb = [os.path.join(self.programs, "initdb"), "-D", self.data, "-A", "trust", "-U", "shop", "-E", "UTF8", "--locale=C"]
        self.run(*initdb)
        if network:
            self.run("sh", "-c", f"printf 'local all all trust\\n{network}\\n' > {self.data}/pg_hba.conf")
        self.control = [os.path.join(self.programs, "pg_ctl"), "-D", self.data, "-w", "-l", os.path.join(self.folder, "log")]
        self.run(*self.control, "-o", f"{options} -k {self.folder}", "start")

    def psql(self, *more, port=5432):
        return [os.path.join(self.programs, "psql"), "-h", self.folder, "-p", str(port), "-U", "shop", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", *more]

    def stop(self):
        self.run(*self.control, "-m", "immediate", "stop")
        if not self.as_server:
            shutil.rmtree(self.folder, ignore_errors=True)
