param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = (New-Item -ItemType Directory (Join-Path $TestDrive 'follower')).FullName
    New-Item -ItemType Directory -Force $follower/.codex/skills/one | Out-Null
    Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
    $joined = Join-CodexportFollower $master.Link -Adopt -HomePath $follower
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Restore-CodexportBackup' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Restore-CodexportBackup $joined.Backup -HomePath $follower -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'brings back what was there, by the pipeline, in silence' {
        Get-CodexportBackup $joined.Backup -HomePath $follower | Restore-CodexportBackup -HomePath $follower | Should -BeNullOrEmpty
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'mine'
    }

    It 'backs up what it replaces' {
        $newest = (Get-CodexportBackup -HomePath $follower)[0].Name
        $result = Restore-CodexportBackup $newest -HomePath $follower -PassThru
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        $result.Backup | Should -Be $newest
        $result.NewBackup | Should -Be (Get-CodexportBackup -HomePath $follower)[0].Name
    }

    It 'does not touch what was last applied when a hook comes back' {
        Install-CodexportHook -HomePath $follower -WarningAction Ignore
        Uninstall-CodexportHook -HomePath $follower
        $applied = Get-Content -Raw $follower/.codexport/state/applied.json
        Get-CodexportBackup -HomePath $follower | Select-Object -First 1 | Restore-CodexportBackup -HomePath $follower
        Get-Content -Raw $follower/.codexport/state/applied.json | Should -Be $applied
        (Get-CodexportHook -HomePath $follower).Installed | Should -BeTrue
    }

    It 'warns of what it leaves alone, as the program does' {
        $other = New-TestHome (Join-Path $TestDrive 'other')
        Install-CodexportHook -HomePath $other -WarningAction Ignore
        Add-Content $other/.codex/hooks.json ''
        $name = @(Get-CodexportBackup -HomePath $other)[-1].Name
        $json = Get-ProgramJson $ProgramPath $other 'backup', 'restore', $name
        $json.warnings | Should -BeLike '*hooks.json*left alone*'
        $result = Restore-CodexportBackup $name -HomePath $other -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Warnings | Should -BeExactly $json.warnings
        $warnings.Message | Should -Be $result.Warnings
        & $ProgramPath backup restore $name --home $other 2>&1 | Out-String | Should -BeLike '*hooks.json*left alone*'
        "$other/.codex/hooks.json" | Should -Exist
    }

    It 'completes names' {
        $line = "Restore-CodexportBackup -HomePath '$follower' -Name "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be (Get-CodexportBackup -HomePath $follower).Name
    }

    It 'writes what the program prints' {
        $result = Restore-CodexportBackup $joined.Backup -HomePath $follower -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $follower 'backup', 'restore', $joined.Backup)
    }

    It 'has a table and a list' {
        Assert-View (Restore-CodexportBackup $joined.Backup -HomePath $follower -PassThru) 'Codexport.Engine.Results.RestoreResult'
    }

    It 'names a backup that is not kept, and goes on with the next' {
        Assert-Error (Get-ErrorOf { Restore-CodexportBackup none -HomePath $follower }) 'Restore-CodexportBackup' 'BackupNotFound' 'ObjectNotFound' 'none'
        $result = 'none', $joined.Backup | Restore-CodexportBackup -HomePath $follower -PassThru -ErrorAction SilentlyContinue -ErrorVariable failures
        $result.Backup | Should -Be $joined.Backup
        $failures[0].TargetObject | Should -Be 'none'
    }
}
