param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    Set-Content -LiteralPath "$master/.codexport/local.toml" "role = 'master'`npublish = 'review'"
    $token = 'ghp_' + 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'
}

Describe 'Publish-CodexportBundle' {
    It 'is what changes wait for in review' {
        Set-Content $master/.codex/AGENTS.md 'of the team'
        (Update-CodexportBundle -HomePath $master -PassThru -WarningAction Ignore).Status | Should -Be 'Waiting'
        (Get-CodexportStatus -HomePath $master -WarningAction Ignore).Waiting.Changes | Should -Be 1
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Publish-CodexportBundle -HomePath $master -AcceptFindings -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'lets go exactly what was looked at' {
        $seen = Compare-CodexportBundle -HomePath $master
        Set-Content $master/.codex/AGENTS.md 'of the whole team'
        $record = Get-ErrorOf { $seen | Publish-CodexportBundle -Revision $seen.NextRevision -HomePath $master }
        Assert-Error $record 'Publish-CodexportBundle' 'ConcurrentChange' 'ResourceBusy' $record.TargetObject
        Publish-CodexportBundle -Revision (Compare-CodexportBundle -HomePath $master).NextRevision -HomePath $master | Should -BeNullOrEmpty
        (Compare-CodexportBundle -HomePath $master).State | Should -Be 'Current'
    }

    It 'holds what the scan found until it is confirmed' {
        Set-Content $master/.codex/AGENTS.md $token
        $record = Get-ErrorOf { Publish-CodexportBundle -HomePath $master }
        Assert-Error $record 'Publish-CodexportBundle' 'FindingsHeld' 'InvalidData' 'AGENTS.md'
        $record.Exception.Message | Should -Not -BeLike "*$token*"
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*Publish-CodexportBundle*-AcceptFindings*'
        (Publish-CodexportBundle -AcceptFindings -HomePath $master -PassThru).Status | Should -Be 'Published'
    }

    It 'writes what the program prints' {
        Assert-SameJson (Publish-CodexportBundle -HomePath $master -PassThru) (Get-ProgramJson $ProgramPath $master 'master', 'rebuild', '--publish')
    }

    It 'has a table and a list' {
        Assert-View (Publish-CodexportBundle -HomePath $master -PassThru) 'Codexport.Engine.Results.RebuildResult'
    }

    It 'needs a master' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Publish-CodexportBundle -HomePath $none }) 'Publish-CodexportBundle' 'NotMaster' 'InvalidOperation' (Join-Path $none '.codexport')
    }
}
