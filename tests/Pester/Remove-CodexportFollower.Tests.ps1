param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Remove-CodexportFollower' {
    It 'asks unless it is told not to' {
        Assert-Asking Remove-CodexportFollower
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $follower
        Remove-CodexportFollower -HomePath $follower -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $follower | Should -Be $before
    }

    It 'leaves the master in silence and keeps the files' {
        Remove-CodexportFollower -HomePath $follower -Confirm:$false | Should -BeNullOrEmpty
        (Get-CodexportStatus -HomePath $follower).Role | Should -Be 'none'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        Get-CodexportFollower -HomePath $master.Home | Should -BeNullOrEmpty
    }

    It 'says whether the master was told' {
        New-TestFollower $master $follower | Out-Null
        $result = Remove-CodexportFollower -HomePath $follower -Confirm:$false -PassThru
        $result.Unregistered | Should -BeTrue
        $result.FilesKept | Should -Be 2
    }

    It 'writes what the program prints' {
        New-TestFollower $master $follower | Out-Null
        $result = Remove-CodexportFollower -HomePath $follower -Confirm:$false -PassThru
        New-TestFollower $master $follower | Out-Null
        Assert-SameJson $result (Get-ProgramJson $ProgramPath $follower 'follower', 'leave')
    }

    It 'warns and has a table and a list when the master is away' {
        New-TestFollower $master $follower | Out-Null
        Stop-TestMaster $master.Server
        $result = Remove-CodexportFollower -HomePath $follower -Confirm:$false -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Unregistered | Should -BeFalse
        $warnings.Message | Should -Be $result.Warnings
        Assert-View $result 'Codexport.Engine.Results.LeaveResult'
    }

    It 'needs a follower' {
        $record = Get-ErrorOf { Remove-CodexportFollower -HomePath $follower -Confirm:$false }
        Assert-Error $record 'Remove-CodexportFollower' 'NotFollower' 'InvalidOperation' $follower
    }
}
