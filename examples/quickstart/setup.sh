#!/bin/sh
# Runs inside the image's root file system.
set -eu
echo "<p>$GREETING" >> /srv/www/index.html
cat > /usr/local/bin/hello <<'PROGRAM'
#!/bin/sh
exec cat "$PAGE"
PROGRAM
chmod 0755 /usr/local/bin/hello
echo "inside the image there is: $(cat /srv/www/index.html | while read -r line; do echo "$line"; done)"
