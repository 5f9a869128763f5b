"""The distributed mode in containers: what `make up` needs besides docker-compose.yml."""
