param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    Import-Module $ModulePath -Force
    $master = Join-Path $TestDrive 'master'
    $follower = Join-Path $TestDrive 'follower'
    New-Item -ItemType Directory -Force $master/.codex/skills/one, $follower | Out-Null
    Set-Content $master/.codex/config.toml "model = `"gpt-5-codex`" # team"
    Set-Content $master/.codex/skills/one/SKILL.md 'first edition'
    $init = Initialize-CodexportMaster -HomePath $master -PassThru

    $start = [System.Diagnostics.ProcessStartInfo]::new($ProgramPath)
    'master', 'serve', '--host', '127.0.0.1', '--port', '0', '--json', '--home', $master | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardOutput = $true
    $server = [System.Diagnostics.Process]::Start($start)
    do { $happening = $server.StandardOutput.ReadLine() | ConvertFrom-Json } until ($happening.event -eq 'started')
    $link = (New-CodexportJoinLink 127.0.0.1 -Port $happening.port -HomePath $master).JoinLink
}

AfterAll {
    if ($server) {
        $server.Kill()
        $server.WaitForExit()
    }
}

Describe 'a replication' {
    It 'makes a master' {
        $init.Role | Should -Be 'master'
        $init.Fingerprint | Should -Match '^[0-9a-f]{64}$'
    }

    It 'joins and applies' {
        $result = Join-CodexportFollower $link -HomePath $follower
        $result.Status | Should -Be 'Applied'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        (Get-CodexportStatus -HomePath $follower).Role | Should -Be 'follower'
    }

    It 'is silent when nothing changed' {
        Sync-CodexportFollower -Quick -HomePath $follower | Should -BeNullOrEmpty
        (Sync-CodexportFollower -HomePath $follower).Status | Should -Be 'Current'
    }

    It 'shows, applies and takes back a change' {
        Set-Content $master/.codex/skills/one/SKILL.md 'second edition'
        Update-CodexportBundle -HomePath $master | Out-Null
        $deadline = [datetime]::UtcNow.AddSeconds(20)
        do { $staged = Sync-CodexportFollower -StageOnly -HomePath $follower } until ($staged.Status -eq 'Staged' -or [datetime]::UtcNow -gt $deadline)
        (Compare-CodexportFollower -HomePath $follower).Path | Should -Contain 'skills/one/SKILL.md'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        (Install-CodexportRevision -HomePath $follower -PassThru).Status | Should -Be 'Applied'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'second edition'

        $backup = Get-CodexportBackup -HomePath $follower | Select-Object -First 1
        $backup | Restore-CodexportBackup -HomePath $follower | Out-Null
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
    }

    It 'lists and revokes the follower' {
        $known = Get-CodexportFollower -HomePath $master
        @($known).Count | Should -Be 1
        ($known | Revoke-CodexportFollower -HomePath $master -PassThru -Confirm:$false).State | Should -Be 'Revoked'
    }

    It 'leaves' {
        Remove-CodexportFollower -HomePath $follower -Confirm:$false | Out-Null
        (Get-CodexportStatus -HomePath $follower).Role | Should -Be 'none'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Not -BeNullOrEmpty
    }
}
