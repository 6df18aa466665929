param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    1..8 | ForEach-Object { New-Item -ItemType Directory "$master/.codex/skills/s$_" | Out-Null; Set-Content "$master/.codex/skills/s$_/SKILL.md" $_ }
    Initialize-CodexportMaster -HomePath $master
}

Describe 'Update-CodexportBundle' {
    It 'says so when nothing changed' {
        $result = Update-CodexportBundle -HomePath $master -PassThru
        $result.Status | Should -Be 'current'
        $result.Added.Count + $result.Changed.Count + $result.Removed.Count | Should -Be 0
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        Set-Content $master/.codex/AGENTS.md 'of the team'
        $before = Get-Snapshot $TestDrive
        Update-CodexportBundle -HomePath $master -AcceptDeletions -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'publishes what changed, in silence' {
        $before = (Get-CodexportStatus -HomePath $master).Revision
        Update-CodexportBundle -HomePath $master | Should -BeNullOrEmpty
        (Get-CodexportStatus -HomePath $master).Revision | Should -Not -Be $before
    }

    It 'names each file with -PassThru' {
        Set-Content $master/.codex/AGENTS.md 'of the whole team'
        New-Item -ItemType Directory $master/.codex/skills/new | Out-Null
        Set-Content $master/.codex/skills/new/SKILL.md 'new'
        Remove-Item -Recurse $master/.codex/skills/s8
        $result = Update-CodexportBundle -HomePath $master -PassThru
        $result.Status | Should -Be 'published'
        $result.Added | Should -Be 'skills/new/SKILL.md'
        $result.Changed | Should -Be 'AGENTS.md'
        $result.Removed | Should -Be 'skills/s8/SKILL.md'
    }

    It 'holds a publication that drops much, until it is told to' {
        1..7 | ForEach-Object { Remove-Item -Recurse "$master/.codex/skills/s$_" }
        $revision = (Get-CodexportStatus -HomePath $master -WarningAction Ignore).Revision
        $record = Get-ErrorOf { Update-CodexportBundle -HomePath $master }
        Assert-Error $record 'Update-CodexportBundle' 'DeletionsHeld' 'LimitsExceeded' $record.TargetObject
        (Get-CodexportStatus -HomePath $master -WarningAction Ignore).Revision | Should -Be $revision
        (Update-CodexportBundle -HomePath $master -AcceptDeletions -PassThru).Removed.Count | Should -Be 7
    }

    It 'writes what the program prints' {
        $result = Update-CodexportBundle -HomePath $master -PassThru
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $master 'master', 'rebuild')
    }

    It 'has a table and a list' {
        $result = Update-CodexportBundle -HomePath $master -PassThru
        Assert-View $result 'Codexport.Engine.Results.RebuildResult'
        Get-TableColumn $result | Should -Be 'Status', 'Revision', 'Added', 'Changed', 'Removed'
    }

    It 'needs a master' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Update-CodexportBundle -HomePath $none }) 'Update-CodexportBundle' 'NotMaster' 'InvalidOperation' (Join-Path $none '.codexport')
    }
}
