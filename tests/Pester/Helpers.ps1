# What several test files share.

# Makes a home with a small Codex setup and gives its path.
function New-TestHome([string] $Path) {
    New-Item -ItemType Directory -Force "$Path/.codex/skills/one" | Out-Null
    Set-Content -LiteralPath "$Path/.codex/config.toml" 'model = "gpt-5-codex" # team'
    Set-Content -LiteralPath "$Path/.codex/skills/one/SKILL.md" 'first edition'
    $Path
}

# Starts the program's server on a free port, or on a given one.
function Start-TestMaster([string] $ProgramPath, [string] $UserHome, [int] $Port = 0) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($ProgramPath)
    'master', 'serve', '--host', '127.0.0.1', '--port', "$Port", '--json', '--stdin-lifeline', '--home', $UserHome | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    do { $happening = $process.StandardOutput.ReadLine() | ConvertFrom-Json } until ($happening.event -eq 'started')
    # Somebody must read on, or the server would wait for room in the pipe.
    $process.StandardOutput.ReadToEndAsync() | Out-Null
    [pscustomobject]@{ Process = $process; Port = $happening.port; Ended = $false }
}

# Ends it.
function Stop-TestMaster($Server) {
    # A second call finds it ended.
    if ($Server -and -not $Server.Ended) {
        $Server.Ended = $true
        $Server.Process.StandardInput.Close()
        if (-not $Server.Process.WaitForExit(10000)) { $Server.Process.Kill() }
        $Server.Process.Dispose()
    }
}

# Everything below a folder with its content's hash and its time, to prove that nothing changed.
function Get-Snapshot([string] $Path) {
    Get-ChildItem -Recurse -Force -LiteralPath $Path | Sort-Object FullName | ForEach-Object {
        "$($_.FullName)|$($_.PSIsContainer ? 'folder' : (Get-FileHash -LiteralPath $_.FullName).Hash)|$($_.LastWriteTimeUtc.Ticks)"
    }
}
