param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $first = (Get-CodexportStatus -HomePath $master).Revision
    Set-Content $master/.codex/AGENTS.md 'of the team'
    Update-CodexportBundle -HomePath $master
    $second = (Get-CodexportStatus -HomePath $master).Revision
}

Describe 'Restore-CodexportBundle' {
    It 'asks unless it is told not to' {
        Assert-Asking Restore-CodexportBundle
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Restore-CodexportBundle $first -HomePath $master -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'brings an earlier revision back, in silence, and leaves the home as it is' {
        Restore-CodexportBundle $first.Substring(0, 8) -HomePath $master -Confirm:$false | Should -BeNullOrEmpty
        $status = Get-CodexportStatus -HomePath $master
        $status.Revision | Should -Be $first
        $status.RolledBackTo | Should -Be $first
        Get-Content $master/.codex/AGENTS.md | Should -Be 'of the team'
        (Update-CodexportBundle -HomePath $master -PassThru -WarningAction Ignore).Status | Should -Be 'Waiting'
        (Get-CodexportStatus -HomePath $master).Revision | Should -Be $first
        Publish-CodexportBundle -HomePath $master
        (Get-CodexportStatus -HomePath $master).Revision | Should -Be $second
    }

    It 'completes revisions' {
        Get-Completion "Restore-CodexportBundle -HomePath '$master' -Revision " | Should -Be $second, $first
    }

    It 'writes what the program prints' {
        $result = Restore-CodexportBundle $first -HomePath $master -Confirm:$false -PassThru
        $result.PreviousRevision | Should -Be $second
        Assert-SameField $result (Get-ProgramJson $ProgramPath $master 'master', 'rollback', $second)
    }

    It 'has a table and a list' {
        Assert-View (Restore-CodexportBundle $first -HomePath $master -Confirm:$false -PassThru) 'Codexport.Engine.Results.RollbackResult'
    }

    It 'names a revision that is not kept' {
        Assert-Error (Get-ErrorOf { Restore-CodexportBundle 000000000000 -HomePath $master -Confirm:$false }) 'Restore-CodexportBundle' 'RevisionNotFound' 'ObjectNotFound' '000000000000'
    }
}
