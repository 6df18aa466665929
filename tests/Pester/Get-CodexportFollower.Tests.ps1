param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Get-CodexportFollower' {
    It 'lists who follows' {
        $known = Get-CodexportFollower -HomePath $master.Home
        @($known).Count | Should -Be 1
        $known.Name | Should -Be ([Environment]::MachineName)
        $known.State | Should -Be 'Approved'
        $known.JoinedAt | Should -BeOfType [DateTimeOffset]
    }

    It 'takes wildcards' {
        $name = [Environment]::MachineName
        @(Get-CodexportFollower "$($name.Substring(0, 1))*" -HomePath $master.Home).Count | Should -Be 1
        Get-CodexportFollower "no-$name*" -HomePath $master.Home | Should -BeNullOrEmpty
    }

    It 'completes names' {
        foreach ($cmdlet in 'Get', 'Approve', 'Revoke') {
            $line = "$cmdlet-CodexportFollower -HomePath '$($master.Home)' -Name "
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be ([Environment]::MachineName)
        }
    }

    It 'changes nothing' {
        Stop-TestMaster $master.Server
        $before = Get-Snapshot $TestDrive
        Get-CodexportFollower -HomePath $master.Home | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Get-CodexportFollower -HomePath $master.Home) (Get-ProgramJson $ProgramPath $master.Home 'master', 'followers').followers
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportFollower -HomePath $master.Home) 'Codexport.Engine.Results.FollowerInfo'
    }

    It 'needs a master' {
        Assert-Error (Get-ErrorOf { Get-CodexportFollower -HomePath $follower }) 'Get-CodexportFollower' 'NotMaster' 'InvalidOperation' (Join-Path $follower '.codexport')
    }
}
